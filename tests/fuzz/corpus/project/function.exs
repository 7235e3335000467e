  def project, do: [app: :a, releases: releases()]
  defp releases do
    [one: [x: 1], two: []]
  end
