terraform {
  required_providers {
    lab = { source = "lab/lab" }
  }
}
removed {
  from = lab_thing.a
}
