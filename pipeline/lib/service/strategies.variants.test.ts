import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { synthesize } from '../synth.ts';
import { readAssembly, tempFolder, writeRepository } from '../testing/fixture.ts';

test.each([
  ['linear, percentage: 10, interval: 1', 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes'],
  ['linear', 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes'],
  ['canary, interval: 15', 'CodeDeployDefault.ECSCanary10Percent15Minutes'],
  ['linear, percentage: 20, interval: 1', { Ref: 'Linear20PercentEvery1Minutes' }],
])('a service stack takes AWS’s own configuration of %s where there is one', (strategy, config) => {
  using folder = tempFolder();
  const news = `name: news\nteam: press\npath: /news\ndeployment: { strategy: ${strategy} }\n`;
  writeRepository(folder.path, { services: { news } });
  const out = join(folder.path, 'cdk.out');
  synthesize({ root: folder.path, out, service: 'news' });
  const read = readAssembly(out);
  const stack = 'slipway-news-production';
  expect(read.resource(stack, 'AWS::CodeDeploy::DeploymentGroup').Properties.DeploymentConfigName).toEqual(
    config,
  );
  if (typeof config === 'string') return;
  expect(read.resource(stack, 'AWS::CodeDeploy::DeploymentConfig').Properties).toMatchObject({
    DeploymentConfigName: 'slipway-news-production-linear-20-1',
    TrafficRoutingConfig: {
      Type: 'TimeBasedLinear',
      TimeBasedLinear: { LinearPercentage: 20, LinearInterval: 1 },
    },
  });
});
