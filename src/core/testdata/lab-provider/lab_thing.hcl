resource "lab_thing" {
  description = "A thing with every kind of argument and block."
  identity    = ["id"]
  import      = "any id"
  attribute "comp" {
    type = string
    mode = "optional+computed"
  }
  attribute "etag" {
    type = string
    mode = "optional+computed"
  }
  attribute "id" {
    type = string
    mode = "optional+computed"
  }
  attribute "items" {
    type = list(string)
    mode = "optional"
  }
  attribute "name" {
    type = string
    mode = "optional"
  }
  attribute "names" {
    type = set(string)
    mode = "optional"
  }
  attribute "obj" {
    type = object({ a = string, b = number })
    mode = "optional"
  }
  attribute "objs" {
    type = list(object({ k = string, v = list(number) }))
    mode = "optional"
  }
  attribute "secret" {
    type      = string
    mode      = "optional"
    sensitive = true
  }
  attribute "size" {
    type = number
    mode = "optional"
  }
  attribute "tags" {
    type = map(string)
    mode = "optional"
  }
  attribute "zone" {
    type    = string
    mode    = "optional"
    replace = true
  }
  block "fixed" {
    nesting = "list"
    max     = 1
    attribute "v" {
      type = string
      mode = "optional"
    }
  }
  block "grp" {
    nesting = "group"
    attribute "l" {
      type = list(string)
      mode = "optional"
    }
    attribute "x" {
      type = string
      mode = "optional"
    }
  }
  block "item" {
    nesting = "list"
    attribute "key" {
      type = string
      mode = "required"
    }
    attribute "secret" {
      type      = string
      mode      = "optional"
      sensitive = true
    }
    attribute "value" {
      type = string
      mode = "optional"
    }
    block "sub" {
      nesting = "list"
      attribute "n" {
        type = number
        mode = "optional"
      }
      attribute "s" {
        type = string
        mode = "optional"
      }
    }
  }
  block "kv" {
    nesting = "map"
    attribute "v" {
      type = string
      mode = "required"
    }
  }
  block "one" {
    nesting = "list"
    max     = 1
    attribute "x" {
      type = string
      mode = "optional"
    }
  }
  block "rule" {
    nesting = "set"
    attribute "cidrs" {
      type = list(string)
      mode = "optional"
    }
    attribute "from" {
      type = number
      mode = "required"
    }
    attribute "to" {
      type = number
      mode = "optional"
    }
  }
  block "single" {
    nesting = "single"
    attribute "x" {
      type = string
      mode = "optional"
    }
    attribute "y" {
      type = number
      mode = "required"
    }
  }
}
