declare const brand: unique symbol

/** Marks a type so that values of the same shape but another meaning are type errors. Costs nothing at run time. */
export type Brand<name extends string> = { readonly [brand]: name }
