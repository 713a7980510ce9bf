/** Which enrolment goes with which document: by name up to the first dot, adela.json and adela.enrolment.json. */
export function pair(
  bundles: readonly { readonly name: string }[],
  enrolments: readonly { readonly name: string }[],
): readonly (string | undefined)[] {
  return bundles.map(({ name }) => enrolments.find((each) => stem(each.name) === stem(name))?.name)
}

export function stem(name: string): string {
  return name.split('.')[0]?.toLowerCase() ?? ''
}
