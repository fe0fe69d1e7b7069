//! Layouts as Terraform 1.15.5 writes them.

use super::format;

#[track_caller]
fn check(input: &str, expect: &str) {
    let once = format(input).unwrap();
    assert_eq!(once, expect);
    assert_eq!(
        format(&once).unwrap(),
        expect,
        "formatting twice changes nothing"
    );
}

#[test]
fn equals_signs_and_comments_of_consecutive_lines_are_aligned() {
    check(
        "locals {\na=1 # one\n bcd = 2 // two\n\n  e = [\n1,2 ]\n}\n",
        "locals {\n  a   = 1 # one\n  bcd = 2 // two\n\n  e = [\n  1, 2]\n}\n",
    );
}

#[test]
fn brackets_and_operators_have_their_blanks() {
    check(
        "x   = {a=1,b=[ 1,2 ]}\ny = foo( -1 , !true ,a -b)[ 0 ].c\nz = a?b:c\nv = \"a ${ b } c\"\nw = [for x in [1]:x if x>1]\n",
        "x = { a = 1, b = [1, 2] }\ny = foo(-1, !true, a - b)[0].c\nz = a ? b : c\nv = \"a ${b} c\"\nw = [for x in [1] : x if x > 1]\n",
    );
}

#[test]
fn what_is_one_expression_leaves_its_quotes() {
    check(
        "resource aws_vpc main {\n  a = \"${var.x}\"\n  b = \"${var.x}-${var.y}\"\n}\nvariable \"v\" {\n  type = \"list\"\n}\n",
        "resource \"aws_vpc\" \"main\" {\n  a = var.x\n  b = \"${var.x}-${var.y}\"\n}\nvariable \"v\" {\n  type = list(string)\n}\n",
    );
}

#[test]
fn heredocs_keep_their_text() {
    check(
        "a = <<-EOT\n    x   ${ y }\n  EOT\nbcd   =   1\n",
        "a   = <<-EOT\n    x   ${y}\n  EOT\nbcd = 1\n",
    );
}

#[test]
fn no_text_of_the_language_is_no_layout() {
    assert!(format("a = \"x\n").is_none());
    assert!(format("a = @\n").is_none());
}

#[test]
fn blanks_after_the_last_line_stay() {
    for (input, expect) in [
        ("a = 1  ", "a = 1  "),
        ("a=1\n  ", "a = 1\n  "),
        ("a {\n}\n\t", "a {\n}\n "),
        ("a=1 # x  ", "a = 1 # x  "),
        ("a = 1 # x\n  ", "a = 1 # x\n  "),
        ("a = 1\n\n \n", "a = 1\n\n\n"),
    ] {
        check(input, expect);
    }
}

#[test]
fn comments_and_names_end_where_they_end_for_the_parser() {
    check("a=1/*/*/+2\n", "a = 1 /*/*/ + 2\n");
    check("a=1/*/ + */+2\n", "a = 1 /*/ + */ + 2\n");
    check("a=b.0 .1. 2.c\n", "a = b.0. 1. 2.c\n");
    // A combining mark belongs to the name before it.
    check("y\u{485}=x\u{485}-b\n", "y\u{485} = x\u{485}-b\n");
}
