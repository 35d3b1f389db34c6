import type { Environments } from '@slipway/contract';

/** What is allowed and should not stay so, a sentence each with what to do. */
export function warningsOf({ environments }: Environments): string[] {
  return environments.flatMap(({ name, domain }) => {
    if (domain === undefined) {
      return [
        `${name} HAS NO DOMAIN: users reach it over HTTP, and passwords cross the internet unencrypted. ` +
          'Give it one in pipeline/environments.yaml (docs/recipes/add-a-domain.md) before anybody uses it.',
      ];
    }
    if (domain.name !== domain.zone.name) return [];
    return [
      `${name} answers for all of ${domain.name} inside its network: its tasks find no other name below it. ` +
        `Use a name below the zone, as in services.${domain.name}, if they are to.`,
    ];
  });
}
