interface File {
  readonly region: string;
  readonly environments: Readonly<Record<string, EnvironmentRegions>>;
}
interface EnvironmentRegions {
  readonly region?: string | undefined;
  readonly regions: Readonly<Record<string, { readonly region: string; readonly wave?: number | undefined }>>;
}
interface Issue {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** The part of AWS that a region is of; accounts and roles of one are unknown in the others. */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What is wrong with the regions that environments name, beside each other and beside the home of the pipelines. */
export function regionIssues(file: File): Issue[] {
  return Object.entries(file.environments).flatMap(([name, environment]) => {
    const at = ['environments', name];
    const regions = Object.entries(environment.regions);
    return [
      ...foreign(environment.region ?? file.region, file.region, at),
      ...regions.flatMap(([key, { region }]) => foreign(region, file.region, [...at, 'regions', key])),
      ...regions.flatMap(([key]) => sharedName(name, key, file)),
      ...repeated(name, environment, file.region),
      ...gaps(name, environment),
    ];
  });
}

function foreign(region: string, home: string, at: PropertyKey[]): Issue[] {
  if (partitionOf(region) === partitionOf(home)) return [];
  const message = `is in another partition of AWS than ${home}: neither roles nor images get there`;
  return [{ path: [...at, 'region'], message }];
}

/** A service `news-qa` in `osaka` and a service `news` in `qa-osaka` would have one stack: `slipway-news-qa-osaka`. */
function sharedName(name: string, key: string, { environments }: File): Issue[] {
  if (!Object.hasOwn(environments, key)) return [];
  const message = `is the name of an environment, too: a service news-${name} in ${key} and a service news in ${name}-${key} would share a stack; choose another word`;
  return [{ path: ['environments', name, 'regions', key], message }];
}

function repeated(name: string, environment: EnvironmentRegions, home: string): Issue[] {
  const seen = new Map([[environment.region ?? home, name]]);
  return Object.entries(environment.regions).flatMap(([key, { region }]) => {
    const other = seen.get(region);
    if (other === undefined) seen.set(region, `${name}-${key}`);
    const path = ['environments', name, 'regions', key, 'region'];
    return other === undefined
      ? []
      : [{ path, message: `is where ${other} is already: name each region once` }];
  });
}

function gaps(name: string, { regions }: EnvironmentRegions): Issue[] {
  let wave = 1;
  const waves = Object.entries(regions).map(([key, region]) => {
    wave = region.wave ?? wave + 1;
    return { key, wave };
  });
  const known = new Set([1, ...waves.map(each => each.wave)]);
  return waves
    .filter(each => each.wave > 1 && !known.has(each.wave - 1))
    .map(({ key, wave }) => ({
      path: ['environments', name, 'regions', key, 'wave'],
      message: `is ${wave}, but there is no wave ${wave - 1} before it: leave none out`,
    }));
}
