// Apart from their modules, which would otherwise import each other.
export const methodTypeId = "~@effect-okru/core/OkMethod" as const

export const callTypeId = "~@effect-okru/core/OkCall" as const
