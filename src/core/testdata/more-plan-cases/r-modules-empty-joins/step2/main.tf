module "n" {
  source = "./m"
  count = 3
  v = "b"
}
