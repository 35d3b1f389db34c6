import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { fixtureAssembly, tempFolder } from '../testing/fixture.ts';

const assembly = fixtureAssembly();

interface Artifacts {
  readonly files?: readonly string[];
}
interface BuildSpec {
  readonly version: number;
  readonly env: { readonly shell: string; readonly 'exported-variables'?: readonly string[] };
  readonly phases: Readonly<Record<string, { readonly commands: readonly string[] }>>;
  readonly artifacts?: Artifacts & { readonly 'secondary-artifacts'?: Readonly<Record<string, Artifacts>> };
  readonly cache: unknown;
  readonly reports?: Readonly<Record<string, { 'file-format': string; files: readonly string[] }>>;
}

const buildspecs = resolve(import.meta.dirname, '../../../buildspecs');
const files = readdirSync(buildspecs).sort();
const read = (file: string): BuildSpec => parse(readFileSync(resolve(buildspecs, file), 'utf8'));
const commands = (file: string) => Object.values(read(file).phases).flatMap(phase => phase.commands);

test('each buildspec is one that a project runs, and each project has its buildspec', () => {
  const used = assembly
    .resources('AWS::CodeBuild::Project')
    .map(({ Properties }) => Properties.Source.BuildSpec);
  expect([...new Set(used)].sort()).toEqual(files.map(file => `buildspecs/${file}`));
});

describe.each(files)('%s', file => {
  test('keeps one shell, installs once by the lock file, and needs neither Docker nor the AWS command line', () => {
    const spec = read(file);
    expect([spec.version, spec.env.shell]).toEqual([0.2, 'bash']);
    expect(spec.phases.install?.commands[0]).toBe(
      'test -f node_modules/.package-lock.json || npm ci --no-audit --no-fund',
    );
    expect(spec.cache).toEqual({
      key: 'npm-$(codebuild-hash-files package-lock.json)',
      paths: ['node_modules/**/*'],
    });
    for (const command of commands(file)) {
      expect(typeof command).toBe('string');
      expect(command).not.toMatch(/(^|\s)(aws|docker|sudo)\s/);
    }
  });
});

test('each build that tests keeps the reports of tests and of coverage', () => {
  for (const file of files) {
    const tests = commands(file).some(command => /turbo run .*\btest\b/.test(command));
    const { reports = {} } = read(file);
    const formats = Object.values(reports).map(each => each['file-format']);
    expect([file, formats]).toEqual([file, tests ? ['JUNITXML', 'CLOVERXML'] : []]);
    const paths = Object.values(reports).flatMap(each => each.files);
    if (tests) expect(paths).toEqual(expect.arrayContaining(['packages/*/reports/clover.xml']));
  }
});

test('with several outputs each is a secondary artifact of its name; with one it is the main one', () => {
  for (const { Properties } of assembly.resources('AWS::CodePipeline::Pipeline')) {
    for (const action of Properties.Stages.flatMap((stage: { Actions: unknown[] }) => stage.Actions)) {
      if (action.ActionTypeId.Provider !== 'CodeBuild') continue;
      const outputs = (action.OutputArtifacts ?? []).map((output: { Name: string }) => output.Name);
      const { artifacts } = read(`${action.Name.toLowerCase()}.yml`);
      expect(Object.keys(artifacts?.['secondary-artifacts'] ?? {})).toEqual(
        outputs.length > 1 ? outputs : [],
      );
      expect(artifacts?.files === undefined).toBe(outputs.length === 0);
    }
  }
});

test.each([
  ['plan.yml', 'slipway-platform-pipeline', /#\{Plan\.(\w+)\}/g],
  ['build.yml', 'slipway-news-pipeline', /#\{Build\.(\w+)\}/g],
])('%s exports what the stages behind it ask for', (file, stack, reference) => {
  const asked = JSON.stringify(assembly.template(stack)).matchAll(reference);
  expect([...new Set([...asked].map(match => match[1]))].sort()).toEqual(
    [...(read(file).env['exported-variables'] ?? [])].sort(),
  );
});

test('the build pushes last, and notes its inputs before it makes anything', () => {
  const all = commands('build.yml');
  expect(all.at(-1)).toContain('slipway-image push ');
  const position = (part: string) => all.findIndex(command => command.includes(part));
  const order = [
    'slipway inputs',
    'slipway-image find',
    'turbo run lint typecheck test build',
    'boot.ts',
    'image build',
    'slipway prepare',
    'slipway-image tag',
  ];
  const positions = order.map(position);
  expect(positions).not.toContain(-1);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
});

test.each([
  ['', ''],
  ['ap-northeast-3', ' --region ap-northeast-3'],
  ['ap-northeast-3 ap-southeast-1', ' --region ap-northeast-3 --region ap-southeast-1'],
])('the image goes to the further regions %j, too', (REGIONS, expected) => {
  for (const [verb, KNOWN] of [
    ['push', ''],
    ['tag', 'sha256:1'],
  ] as const) {
    const command = commands('build.yml').find(each => each.includes(`slipway-image ${verb}`))!;
    const script = `slipway-image() { echo "$*"; }\n${command}`;
    const env = { PATH: '/usr/bin:/bin', KNOWN, COMMIT: 'c1', INPUTS: 'i1', ...(REGIONS && { REGIONS }) };
    const done = spawnSync('/bin/bash', ['-c', script], { env, encoding: 'utf8' });
    expect(done.stdout).toMatch(
      new RegExp(`^${verb} .*[^ ]${expected} --detail release/imageDetail.json\n$`),
    );
  }
});

test('a build of known inputs tests, bundles and boots nothing', () => {
  for (const command of commands('build.yml').filter(each =>
    /turbo run|image build|boot\.ts|image push/.test(each),
  ))
    expect(command).toMatch(/test -n "\$KNOWN" \|\||\$\{KNOWN:-/);
});

test.each([
  ['check.yml', 0, 0, 0],
  ['check.yml', 1, 0, 1],
  ['check.yml', 0, 1, 1],
  ['build.yml', 0, 0, 0],
  ['build.yml', 1, 0, 1],
  ['build.yml', 0, 1, 1],
])(
  '%s ends with tests %i and synthesis %i as %i, and shows what both wrote',
  (file, tests, synthesis, status) => {
    using folder = tempFolder();
    const stub = (name: string, code: number) =>
      writeFileSync(join(folder.path, name), `#!/bin/sh\necho "${name} wrote"\nexit ${code}\n`, {
        mode: 0o755,
      });
    stub('turbo', tests);
    stub('node', synthesis);
    writeFileSync(join(folder.path, 'slipway'), '#!/bin/sh\n', { mode: 0o755 });
    const command = commands(file).find(each => each.includes('turbo run'))!;
    const env = { PATH: `${folder.path}:/usr/bin:/bin` };
    const done = spawnSync('/bin/bash', ['-c', command], { cwd: folder.path, env, encoding: 'utf8' });
    const failed = 'definition#synthesis:  ERROR  command pipeline/bin/pipeline.ts exited (1)\n';
    const told = `turbo wrote\ndefinition:synthesis: node wrote\n${synthesis === 0 ? '' : failed}`;
    expect([done.status, done.stdout]).toEqual([status, told]);
  },
);

test.each([
  [0, 0, 0, 0],
  [1, 0, 0, 1],
  [0, 1, 0, 1],
  [0, 0, 1, 1],
])(
  'the build ends with boot %i, image %i and preparation %i as %i, and nothing is prepared without an image',
  (boot, image, prepare, status) => {
    using folder = tempFolder();
    const stub = (name: string, code: number) =>
      writeFileSync(
        join(folder.path, name),
        `#!/bin/sh\necho "${name} $*" >&2\necho sha256:1\nexit ${code}\n`,
        {
          mode: 0o755,
        },
      );
    stub('node', boot);
    stub('slipway-image', image);
    stub('slipway', prepare);
    const command = commands('build.yml').find(each => each.includes('slipway prepare'))!;
    const env = { PATH: `${folder.path}:/usr/bin:/bin` };
    const done = spawnSync('/bin/bash', ['-c', command], { cwd: folder.path, env, encoding: 'utf8' });
    expect(done.status).toBe(status);
    expect(done.stdout).toContain('node pipeline/bin/boot.ts');
    expect(done.stderr.includes('slipway prepare')).toBe(image === 0);
    if (image === 0) expect(done.stderr).toContain('--digest sha256:1');
  },
);
