defmodule Hotcode.MixProject do
  def project do
    [app: :hotcode, version: "0.1.0", # a comment
     releases: [web: [include_executables_for: [:unix]], "b": []]]
  end
end
