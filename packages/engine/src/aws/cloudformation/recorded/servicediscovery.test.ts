import { expect, test } from '@jest/globals';
import { openScene } from '../test-scene.ts';

test('a namespace is recorded with the ARN that Service Connect is told', async () => {
  const scene = openScene();
  const { status, outputs } = await scene.deploy({
    Resources: {
      Names: { Type: 'AWS::ServiceDiscovery::HttpNamespace', Properties: { Name: 'slipway-staging' } },
    },
    Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Names', 'Arn'] } }, Id: { Value: { Ref: 'Names' } } },
  });
  expect(status).toBe('SUCCEEDED');
  expect(outputs.Arn).toMatch(/^arn:aws:servicediscovery:[a-z0-9-]+:\d+:namespace\/ns-[0-9a-f]{16}$/);
  expect(outputs.Arn).toContain(`namespace/${outputs.Id}`);
});
