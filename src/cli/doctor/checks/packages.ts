import { errorCodes } from '../../../runtime/errors.ts'
import { error, ok, warning } from '../../../runtime/findings.ts'
import { packageSpec, providerPackages } from '../../../runtime/provider-packages.ts'
import { packageVersion } from '../../package-info.ts'
import { findOwnPackage, packagesOf } from '../../provider-install.ts'
import type { Facts } from '../facts.ts'
import type { CheckFinding } from '../finding.ts'
import { isInRange } from '../version-range.ts'

/** Are the packages there that the provider runs on, in versions that we work with? */
export function checkPackages({ root, provider, manager }: Facts): CheckFinding[] {
  const own = findOwnPackage(root)
  if (own === null) {
    return [
      error('pikku-queue is not installed in this project', `Run: ${manager.add} pikku-queue`),
    ]
  }
  const ranges = providerPackages[provider.name]
  const found = packagesOf(provider.name, root, own)
  const missing = found.filter(({ version }) => version === null).map(({ name }) => name)
  const unfit = found.filter(({ version, range }) => version !== null && !isInRange(version, range))
  const versions = [
    `pikku-queue ${own.version}`,
    ...found.flatMap(({ name, version }) => (version === null ? [] : [`${name} ${version}`])),
  ]
  const install = (names: readonly string[]) =>
    `Run: ${manager.add} ${names.map((name) => packageSpec(name, ranges[name] ?? '')).join(' ')}`
  return [
    ok(versions.join(', ')),
    ...(own.version === packageVersion
      ? []
      : [
          warning(
            `this is pikku ${packageVersion}, and the project has pikku-queue ${own.version}`,
            `Run the project's own: ${manager.run} pikku`,
          ),
        ]),
    ...(missing.length === 0
      ? []
      : [
          error(
            `${provider.name} needs ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed`,
            install(missing),
            errorCodes.missingPackage,
          ),
        ]),
    ...unfit.map(({ name, version, range }) =>
      error(`${name} is ${version}, and ${range} is needed`, install([name])),
    ),
  ]
}
