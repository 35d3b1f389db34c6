import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchGetBuildsCommand, BatchGetReportsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openTestWire } from '../../wire/test-wire.ts';
import { openWorld, spec, type World } from './test-world.ts';

/** Real builds take a moment on a machine that is busy. */
jest.setTimeout(30_000);

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

describe('a build', () => {
  test('runs its phases in one shell state, with a clean environment and its own variables', async () => {
    await world.project({
      ServiceRole: 'arn:role',
      Environment: {
        EnvironmentVariables: [
          { Name: 'SERVICE', Value: 'news' },
          { Name: 'MODE', Value: 'project' },
        ],
      },
    });
    const { status, text, exportedVariables } = await world.build({
      'buildspec.yml': JSON.stringify({
        version: 0.2,
        env: {
          shell: 'bash',
          variables: { MODE: 'spec', OTHER: "it's" },
          'exported-variables': ['RESULT', 'PLAIN', 'MISSING'],
        },
        phases: {
          install: {
            'runtime-versions': { nodejs: 24 },
            commands: ['export RESULT="a b"', 'cd packages/news'],
          },
          pre_build: { commands: ['PLAIN=kept', 'echo in $(basename "$PWD") for $SERVICE, $MODE, $OTHER'] },
          build: {
            commands: [
              './run.sh',
              'echo "$HOME" "$TMPDIR" | tr " " "\\n"',
              'env | cut -d= -f1 | sort | tr "\\n" " "',
            ],
          },
          post_build: {
            commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING, $CODEBUILD_RESOLVED_SOURCE_VERSION"'],
          },
        },
      }),
      'packages/news/run.sh*': '#!/bin/sh\necho "ran as $AWS_ACCESS_KEY_ID on node $(node --version)"\n',
    });
    expect(text).toContain("in news for news, project, it's");
    expect(text).toContain(`ran as key of arn:role on node ${process.version}`);
    expect(text).toContain('succeeding: 1, abc123');
    expect(text).not.toMatch(/JEST_WORKER_ID|npm_lifecycle_event|USERNAME/);
    expect(text).toContain(join(world.state, 'builds'));
    expect(text).toContain('[Container] Entering phase BUILD\n[Container] Running command ./run.sh\n');
    expect(text).toContain(
      '[Container] Phase complete: POST_BUILD State: SUCCEEDED\n[Container] Phase context status code:  Message: \n',
    );
    expect(status).toBe('SUCCEEDED');
    expect(exportedVariables).toEqual({ RESULT: 'a b', PLAIN: 'kept' });
  });

  test('that fails says where, goes through POST_BUILD knowing it, and still hands over its artifacts', async () => {
    await world.project();
    const output = { name: 'Out', bucket: 'artifacts', key: 'out.zip' };
    const { status, message, text } = await world.build(
      {
        'buildspec.yml': JSON.stringify({
          version: 0.2,
          phases: {
            build: { commands: ['echo one > made.txt', 'exit 3', 'echo never'], finally: ['echo at last'] },
            post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] },
          },
          artifacts: { files: ['made.txt'] },
        }),
      },
      { outputs: [output] },
    );
    expect(status).toBe('FAILED');
    expect(message).toBe(
      'BUILD: COMMAND_EXECUTION_ERROR: Error while executing command: exit 3. Reason: exit status 3',
    );
    expect(text).toContain('[Container] Phase complete: BUILD State: FAILED');
    expect(text).toContain(
      '[Container] Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command: exit 3. Reason: exit status 3',
    );
    expect(text).toContain('\nat last\n');
    expect(text).toContain('succeeding: 0');
    expect(text).not.toContain('never');
    expect(readFileSync(join(world.artifact('out.zip'), 'made.txt'), 'utf8')).toBe('one\n');
  });

  test('whose PRE_BUILD fails builds nothing; on-failure CONTINUE goes on and the build has failed all the same', async () => {
    await world.project();
    const phases = (more: object) =>
      JSON.stringify({
        version: 0.2,
        phases: { pre_build: { commands: ['false'], ...more }, build: { commands: ['echo built'] } },
      });
    const stopped = await world.build({ 'buildspec.yml': phases({}) });
    expect(stopped.status).toBe('FAILED');
    expect(stopped.text).not.toContain('Entering phase BUILD');
    const continued = await world.build({ 'buildspec.yml': phases({ 'on-failure': 'CONTINUE' }) });
    expect(continued.text).toContain('\nbuilt\n');
    expect(continued.status).toBe('FAILED');
  });

  test('hands over each output by its name, deterministically', async () => {
    await world.project();
    const outputs = ['Templates', 'Release'].map(name => ({ name, bucket: 'artifacts', key: `${name}.zip` }));
    const artifacts = {
      files: ['none'],
      'secondary-artifacts': {
        Templates: { 'base-directory': 'cdk.out', files: ['**/*'], 'exclude-paths': ['*.log'] },
        Release: { files: ['out/**/*.json'], 'discard-paths': 'yes' },
      },
    };
    const files = { 'buildspec.yml': spec(['true'], { artifacts }) };
    const sources = {
      'cdk.out/a.json': 'a',
      'cdk.out/.dot/b*': 'b',
      'cdk.out/x.log': 'x',
      'out/deep/detail.json': 'd',
    };
    expect((await world.build({ ...files, ...sources }, { outputs })).status).toBe('SUCCEEDED');
    const templates = world.artifact('Templates.zip');
    expect(readdirSync(templates, { recursive: true }).sort()).toEqual(['.dot', join('.dot', 'b'), 'a.json']);
    expect(readdirSync(world.artifact('Release.zip'))).toEqual(['detail.json']);
    const first = readFileSync(join(world.directory, 'bucket', 'Templates.zip'));
    await world.build({ ...files, ...sources }, { outputs });
    expect(readFileSync(join(world.directory, 'bucket', 'Templates.zip')).equals(first)).toBe(true);
    const missing = await world.build(files, { outputs: [outputs[0]!, { ...outputs[1]!, name: 'Other' }] });
    expect(missing.message).toContain('no matching base directory path found for cdk.out');
  });

  test('reads further inputs from directories of their own', async () => {
    await world.project();
    const inputs = [
      world.source('main', {
        'buildspec.yml': spec(['cat "$CODEBUILD_SRC_DIR_Extra/x.txt" ./x.txt']),
        'x.txt': 'main\n',
      }),
      { ...world.source('extra', { 'x.txt': 'extra\n' }), name: 'Extra' },
    ];
    const request = { inputs: inputs.toReversed(), primarySource: 'Source' };
    expect((await world.build({}, request)).text).toContain('\nextra\nmain\n');
  });

  test('keeps its reports of tests and coverage, and says what failed first', async () => {
    await world.project();
    const xml = `<testsuites><testsuite name="s"><testcase classname="news" name="is fresh" time="0.5"/>
      <testcase name="is old"><failure message="Expected: 1&#10;Received: 2">stack</failure></testcase>
      <testcase name="later"><skipped/></testcase></testsuite></testsuites>`;
    const reports = {
      tests: { files: ['packages/*/reports/junit.xml'], 'file-format': 'JUNITXML' },
      coverage: { files: ['packages/*/reports/clover.xml'], 'file-format': 'CLOVERXML' },
      none: { files: ['no'] },
    };
    const clover = (covered: number) => `<coverage><project name="All files">
      <metrics statements="10" coveredstatements="${covered}" conditionals="4" coveredconditionals="1"/></project></coverage>`;
    const built = await world.build({
      'buildspec.yml': spec(['true'], { reports }),
      'packages/news/reports/junit.xml': xml,
      'packages/news/reports/clover.xml': clover(9),
      'packages/kit/reports/clover.xml': clover(6),
      'packages/torn/reports/clover.xml':
        '<coverage><project><metrics statements="many"/></project></coverage>',
    });
    expect(built.text).toContain('Report tests: 1 files, 1 of 3 tests passed');
    expect(built.text).toContain('Report coverage: clover.xml is no Clover XML: many is no count');
    expect(built.text).toContain('Report coverage: 3 files, 75.0 % of 20 lines covered');
    await using wire = await openTestWire({ apis: [world.engine.codebuild.api] });
    const client = new CodeBuildClient(wire.clientConfig);
    const { builds } = await client.send(new BatchGetBuildsCommand({ ids: [built.id] }));
    expect(builds![0]).toMatchObject({
      buildStatus: 'SUCCEEDED',
      buildNumber: 1,
      currentPhase: 'COMPLETED',
      initiator: 'codepipeline/slipway-news',
      logs: { groupName: '/aws/codebuild/slipway-news-build' },
    });
    expect(builds![0]!.phases!.map(phase => phase.phaseType)).toEqual([
      'SUBMITTED',
      'QUEUED',
      'PROVISIONING',
      'DOWNLOAD_SOURCE',
      'INSTALL',
      'PRE_BUILD',
      'BUILD',
      'POST_BUILD',
      'UPLOAD_ARTIFACTS',
      'FINALIZING',
      'COMPLETED',
    ]);
    const { reports: told } = await client.send(
      new BatchGetReportsCommand({ reportArns: builds![0]!.reportArns! }),
    );
    expect(told![0]!.testSummary).toMatchObject({
      total: 3,
      statusCounts: { SUCCEEDED: 1, FAILED: 1, SKIPPED: 1 },
    });
    expect(told![1]).toMatchObject({
      ...{ type: 'CODE_COVERAGE', status: 'SUCCEEDED' },
      codeCoverageSummary: {
        ...{ lineCoveragePercentage: 75, linesCovered: 15, linesMissed: 5 },
        ...{ branchCoveragePercentage: 25, branchesCovered: 2, branchesMissed: 6 },
      },
    });
    client.destroy();
  });

  test('tells its phases and its end as events, each once', async () => {
    await world.project();
    await world.build({ 'buildspec.yml': spec(['true']) });
    const told = world.engine.store.events
      .after(0)
      .map(({ 'detail-type': type, detail }) =>
        type === 'CodeBuild Build State Change' ? detail['build-status'] : detail['completed-phase'],
      );
    expect(told).toEqual([
      'IN_PROGRESS',
      'QUEUED',
      'PROVISIONING',
      'DOWNLOAD_SOURCE',
      'INSTALL',
      'PRE_BUILD',
      'BUILD',
      'POST_BUILD',
      'UPLOAD_ARTIFACTS',
      'FINALIZING',
      'SUCCEEDED',
    ]);
  });
});

describe('what cannot be carried out', () => {
  test('a parameter is read, a missing one and a secret end the build with a sentence', async () => {
    const variable = (Type: string) => ({
      Environment: { EnvironmentVariables: [{ Name: 'KEY', Type, Value: '/key' }] },
    });
    await world.project({ Name: 'parameter', ...variable('PARAMETER_STORE') });
    await world.project({ Name: 'secret', ...variable('SECRETS_MANAGER') });
    const files = { 'buildspec.yml': spec(['echo "key is $KEY"']) };
    expect(await world.build(files, { project: 'parameter' })).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('names the parameter /key, which is not there'),
    });
    world.parameters.set('/key', 'found');
    expect((await world.build(files, { project: 'parameter' })).text).toContain('key is found');
    expect((await world.build(files, { project: 'secret' })).message).toContain(
      'Secrets Manager is not carried out locally',
    );
  });

  test('a buildspec that is missing or asks for something else fails in DOWNLOAD_SOURCE', async () => {
    await world.project();
    expect((await world.build({ 'a.txt': '' })).message).toBe(
      'DOWNLOAD_SOURCE: YAML_FILE_ERROR: stat buildspec.yml: no such file or directory',
    );
    expect((await world.build({ 'buildspec.yml': 'version: 0.1\nphases: {}' })).message).toContain(
      'write version: 0.2',
    );
  });

  test('an input that is not there fails the build, an unknown project the call', async () => {
    await world.project();
    const inputs = [{ name: 'Source', bucket: 'artifacts', key: 'nothing' }];
    expect(await world.build({}, { inputs })).toMatchObject({
      status: 'FAILED',
      message: expect.stringContaining('NoSuchKey'),
    });
    await expect(world.begin({}, { project: 'nobody' })).rejects.toThrow('Project cannot be found');
  });
});
