/**
 * Whether the version is in the range: `^1.2.3`, `~1.2.3`, `>=1.2` or one exact version, as our own
 * package.json has them. A pre-release is in no range but its own.
 */
export function isInRange(version: string, range: string): boolean {
  const [, sign = '', wanted = ''] = /^(\^|~|>=)?(.*)$/.exec(range) ?? []
  if (sign === '') return version === wanted
  if (version.includes('-')) return false
  const [major, minor, patch] = numbersOf(version)
  const [wantedMajor, wantedMinor, wantedPatch] = numbersOf(wanted)
  if (sign !== '>=' && major !== wantedMajor) return false
  if (sign === '~' && minor !== wantedMinor) return false
  if (major !== wantedMajor) return major > wantedMajor
  return minor === wantedMinor ? patch >= wantedPatch : minor > wantedMinor
}

function numbersOf(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return [major, minor, patch]
}
