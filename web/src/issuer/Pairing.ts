/**
 * Which enrolment goes with which document: by name up to the first dot, adela.json and adela.enrolment.json. One alone
 * goes with the only document if it still has the name the wallet gave it; another name may be somebody else's.
 */
export function pair(
  bundles: readonly { readonly name: string }[],
  enrolments: readonly { readonly name: string }[],
): readonly (string | undefined)[] {
  const [only] = enrolments
  if (only && bundles.length === 1 && enrolments.length === 1 && /^enrolment\b/i.test(only.name)) return [only.name]
  return bundles.map(({ name }) => enrolments.find((each) => stem(each.name) === stem(name))?.name)
}

export function stem(name: string): string {
  return name.split('.')[0]?.toLowerCase() ?? ''
}
