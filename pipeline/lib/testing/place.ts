import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../synth.ts';
import { type Assembly, readAssembly, SERVICES, tempFolder, writeRepository } from './fixture.ts';

/** A repository whose only environment is production: the lines of it that tests are about. */
export interface Place {
  /** Lines of the environment. */
  readonly place?: string;
  /** Keys of the network, as in `nat: 0`. */
  readonly network?: string;
  /** The letters of its zones. */
  readonly zones?: string;
  readonly architecture?: string;
}

/** Synthesizes such a repository, with one service and one that it calls; once for all test files of a run. */
export function placeAssembly({
  place = '',
  network = 'nat: 1',
  zones = 'acd',
  architecture = 'ARM64',
}: Place = {}): Assembly {
  const environments = `
account: "123456789012"
region: ap-northeast-1
architecture: ${architecture}
environments:
  production:
    network: { zones: [${[...zones].map(zone => `ap-northeast-1${zone}`)}], ${network} }
${place}
`;
  const digest = createHash('sha256').update(environments).digest('hex');
  const known = join(process.env.SLIPWAY_FIXTURE!, `place-${digest}`);
  if (!existsSync(known)) synthesizeTo(known, environments);
  return readAssembly(known);
}

/** A folder that is there is whole: another worker may want it at the same time. */
function synthesizeTo(known: string, environments: string): void {
  using temp = tempFolder();
  const services = { news: `${SERVICES.news}calls: [user]\n`, user: SERVICES.user! };
  writeRepository(temp.path, { environments, services });
  const out = join(temp.path, 'cdk.out');
  synthesize({ root: temp.path, out });
  try {
    renameSync(out, known);
  } catch (error) {
    if (!existsSync(known)) throw error;
  }
}
