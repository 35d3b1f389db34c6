import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeServices, timeSynthesis } from './synth-time.ts';

/** As many as one balancer's hundred target groups take. */
const MOST = 50;
const LIMITS = { validation: false, limitMs: 150_000 };

interface Stage {
  Name: string;
  Actions: unknown[];
}

test('fifty services fit: templates, stages and pipelines stay within what AWS takes', async () => {
  using services = makeServices(MOST);
  const { refused, templates } = (await timeSynthesis(services, LIMITS))!;
  expect(refused).toBe(false);
  expect(templates).toBeGreaterThan(6 * MOST); // images, pipeline, and twice data and service
  const out = join(services.root, 'cdk.out');
  for (const file of readdirSync(out).filter(name => name.endsWith('.template.json'))) {
    expect(statSync(join(out, file)).size).toBeLessThan(1_000_000);
    expect(Object.keys(JSON.parse(readFileSync(join(out, file), 'utf8')).Resources).length).toBeLessThan(500);
  }
  const platform = JSON.parse(readFileSync(join(out, 'slipway-platform-pipeline.template.json'), 'utf8'));
  const pipeline = Object.values<{ Type: string; Properties: { Stages: Stage[] } }>(platform.Resources).find(
    ({ Type }) => Type === 'AWS::CodePipeline::Pipeline',
  )!;
  const stages = pipeline.Properties.Stages;
  expect(stages.length).toBeLessThanOrEqual(50);
  for (const { Actions } of stages) expect(Actions.length).toBeLessThanOrEqual(50);
  expect(stages.filter(({ Name }) => Name.startsWith('Pipelines')).length).toBeGreaterThan(1);
  expect(stages.flatMap(({ Actions }) => Actions).length).toBeLessThanOrEqual(500);
}, 180_000);

test('one more than a balancer takes is refused at synthesis, not by AWS', async () => {
  using services = makeServices(MOST + 1);
  expect(await timeSynthesis(services, LIMITS)).toMatchObject({ refused: true });
}, 180_000);
