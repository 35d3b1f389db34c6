import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './clone.ts';

/** Generated services beside the repository's own environments, gone with `using`. */
export interface ManyServices extends Disposable {
  readonly root: string;
}

export interface SynthTime {
  readonly seconds: number;
  /** One balancer takes a hundred target groups, two a service: the guards refuse more, after everything is written. */
  readonly refused: boolean;
  readonly templates: number;
  readonly resources: number;
  readonly bytes: number;
}

/** Each service has a table, as three of the four that come with the repository have. */
export function makeServices(count: number): ManyServices {
  const root = mkdtempSync(join(tmpdir(), 'slipway-synth-'));
  mkdirSync(join(root, 'pipeline'));
  for (const file of ['pipeline/environments.yaml', 'package-lock.json'])
    copyFileSync(join(ROOT, file), join(root, file));
  for (let index = 1; index <= count; index++) {
    const name = `s${String(index).padStart(3, '0')}`;
    mkdirSync(join(root, 'packages', name), { recursive: true });
    const contract = `name: ${name}\nteam: ${name}\npath: /${name}\ntables: { items: { partitionKey: id } }\n`;
    writeFileSync(join(root, 'packages', name, 'service.yaml'), contract);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/**
 * Synthesizes in a process of its own, as `npm run synth` does, guards included.
 * @returns undefined when it took longer than `limitMs`
 */
export async function timeSynthesis(
  { root }: ManyServices,
  { validation, limitMs }: { validation: boolean; limitMs: number },
): Promise<SynthTime | undefined> {
  const out = join(root, 'cdk.out');
  rmSync(out, { recursive: true, force: true });
  const program = join(ROOT, 'pipeline/bin/pipeline.ts');
  const args = [program, '--root', root, '--out', out, ...(validation ? [] : ['--no-validation'])];
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: limitMs });
  const told: string[] = [];
  child.stderr.setEncoding('utf8').on('data', text => told.push(text));
  const [code] = await once(child, 'close');
  if (code === null) return undefined;
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0 && !told.join('').includes('[balancer-')) throw new Error(told.join(''));
  return { seconds, refused: code !== 0, ...sizeOf(out) };
}

function sizeOf(out: string): Pick<SynthTime, 'templates' | 'resources' | 'bytes'> {
  const templates = readdirSync(out)
    .filter(file => file.endsWith('.template.json'))
    .map(file => readFileSync(join(out, file), 'utf8'));
  const count = (template: string) => Object.keys(JSON.parse(template).Resources).length;
  return {
    templates: templates.length,
    resources: templates.reduce((all, template) => all + count(template), 0),
    bytes: templates.reduce((all, template) => all + Buffer.byteLength(template), 0),
  };
}
