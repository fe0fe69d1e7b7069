module "w" {
  source = "./m"
  for_each = toset(["x","y"])
  v = "b"
}
