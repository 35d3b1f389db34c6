import { expect, test } from '@jest/globals';
import { openScene } from './test-scene.ts';

test('a recorded name leads to the balancer behind it, until its stack is gone', async () => {
  const scene = openScene();
  const alias = { DNSName: 'dualstack.Internal-1.elb.amazonaws.com.', HostedZoneId: 'Z1' };
  await scene.deploy({
    Resources: {
      Record: {
        Type: 'AWS::Route53::RecordSet',
        Properties: { Name: 'staging.slipway.internal.', Type: 'A', AliasTarget: alias },
      },
      Other: {
        Type: 'AWS::Route53::RecordSet',
        Properties: { Name: 'text.slipway.internal', Type: 'TXT', ResourceRecords: ['"x"'] },
      },
    },
  });
  expect(scene.cloudformation.aliasOf('staging.slipway.internal')).toBe('internal-1.elb.amazonaws.com');
  expect(scene.cloudformation.aliasOf('text.slipway.internal')).toBeUndefined();
  expect(scene.cloudformation.aliasOf('production.slipway.internal')).toBeUndefined();
  await scene.remove();
  expect(scene.cloudformation.aliasOf('staging.slipway.internal')).toBeUndefined();
  await scene.close();
});
