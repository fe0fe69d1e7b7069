module "n" {
  source = "./m"
  for_each = { x = "1", z = "2" }
}
