environment :prod do
  set include_erts: true
end
release :hotcode do
  set version: "0.1.0"
end
