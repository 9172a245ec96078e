# The provider's own block is the one of the guide (docs/guides/terraform.md).

variable "changed" {
  description = "Whether this is the second version of everything."
  type        = bool
  default     = false
}

variable "back" {
  description = "Whether the first version follows the second: attributes of a pool cannot be taken away again."
  type        = bool
  default     = false
}
