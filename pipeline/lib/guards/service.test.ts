import { describe, expect, test } from '@jest/globals';
import { Broken, expectRefusal } from '../testing/broken.ts';

const NEWS = 'slipway-news-production';
const FILE = '(packages/news/service.yaml)';

test('what the definition makes is refused by no guard', () => {
  expect(new Broken().sentences()).toEqual([]);
});

describe('a service that CodeDeploy deploys', () => {
  test('has no Service Connect', () => {
    expectRefusal(
      'codedeploy-service-connect',
      `${NEWS}/Service ${FILE} uses Service Connect, which ECS refuses for a service that CodeDeploy deploys: remove it, since others reach the service through the balancer, or let ECS deploy it with deployment.controller: ecs`,
      broken => {
        broken.properties(NEWS, 'Service').ServiceConnectConfiguration = { Enabled: true };
      },
    );
  });

  test('has no deployment circuit breaker', () => {
    expectRefusal(
      'codedeploy-circuit-breaker',
      `${NEWS}/Service ${FILE} has a deployment circuit breaker, which only counts in rolling deployments of ECS: remove it, since CodeDeploy goes back by itself, or let ECS deploy it with deployment.controller: ecs`,
      broken => {
        broken.properties(NEWS, 'Service').DeploymentConfiguration.DeploymentCircuitBreaker = {
          ...{ Enable: true, Rollback: true },
        };
      },
    );
  });

  test('has no strategy of ECS', () => {
    expectRefusal(
      'codedeploy-native-strategy',
      `${NEWS}/Service ${FILE} has the strategy LINEAR and BakeTimeInMinutes of ECS's own deployments, which a service that CodeDeploy deploys cannot have: remove it and choose deployment.strategy, or let ECS deploy it with deployment.controller: ecs`,
      broken => {
        Object.assign(broken.properties(NEWS, 'Service').DeploymentConfiguration, {
          ...{ Strategy: 'LINEAR', BakeTimeInMinutes: 5 },
        });
      },
    );
  });

  test('may say that it has none of them', () => {
    const broken = new Broken();
    const service = broken.properties(NEWS, 'Service');
    service.ServiceConnectConfiguration = { Enabled: false };
    service.DeploymentConfiguration.DeploymentCircuitBreaker = { Enable: false, Rollback: false };
    service.DeploymentConfiguration.Strategy = 'ROLLING';
    expect(broken.sentences()).toEqual([]);
  });
});

test('a service that ECS deploys with two colours says how long the old one stays', () => {
  expectRefusal(
    'native-bake-time',
    `${NEWS}/Service ${FILE} deploys CANARY without BakeTimeInMinutes, and ECS would keep the old version for its default of 36 hours: say how many minutes it stays`,
    broken => {
      const service = broken.properties(NEWS, 'Service');
      service.DeploymentController = { Type: 'ECS' };
      service.DeploymentConfiguration.Strategy = 'CANARY';
    },
  );
});

describe('an AppSpec', () => {
  const PATH = 'release/news/production/appspec.yaml';
  const target = (broken: Broken) =>
    broken.synthesized.releases.find(({ folder }) => folder === 'release/news/production')!.appSpec
      .Resources[0].TargetService.Properties;

  test('repeats the capacity providers, or Spot is lost with the first deployment', () => {
    expectRefusal(
      'appspec-capacity',
      `${PATH} ${FILE} does not repeat the capacity providers of ${NEWS}/Service (FARGATE_SPOT), and CodeDeploy forgets those that it does not name: write CapacityProviderStrategy into it`,
      broken => {
        const spot = [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }];
        broken.properties(NEWS, 'Service').CapacityProviderStrategy = spot;
        delete target(broken).CapacityProviderStrategy;
      },
    );
  });

  test('has no network configuration', () => {
    expectRefusal(
      'appspec-network',
      `${PATH} ${FILE} has a NetworkConfiguration, which must then name every subnet and security group by ids that synthesis cannot know: remove it, and CodeDeploy uses the service's own`,
      broken => {
        target(broken).NetworkConfiguration = { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } };
      },
    );
  });

  test('sends traffic where the service has its balancer', () => {
    expectRefusal(
      'appspec-container',
      `${PATH} ${FILE} sends traffic to news:8080, and ${NEWS}/Service has news:3000: write the service's container and port into LoadBalancerInfo`,
      broken => {
        target(broken).LoadBalancerInfo.ContainerPort = 8080;
      },
    );
  });
});

describe('a deployment group', () => {
  const GROUP = `${NEWS}/DeploymentGroup ${FILE}`;
  const group = (broken: Broken) => broken.properties(NEWS, 'DeploymentGroup');

  test('does not stop its deployments by accident', () => {
    expectRefusal(
      'ready-option',
      `${GROUP} stops every deployment before its traffic shifts (STOP_DEPLOYMENT without a wait; an approval wait of 0 minutes renders it): set ActionOnTimeout to CONTINUE_DEPLOYMENT, or WaitTimeInMinutes if somebody is to continue by hand`,
      broken => {
        const option = { ActionOnTimeout: 'STOP_DEPLOYMENT', WaitTimeInMinutes: 0 };
        group(broken).BlueGreenDeploymentConfiguration.DeploymentReadyOption = option;
      },
    );
  });

  test('keeps the old version for two days at most', () => {
    expectRefusal(
      'termination-wait',
      `${GROUP} keeps the old version for 2881 minutes, and CodeDeploy allows 2880 (two days): set terminationWait in pipeline/environments.yaml to less`,
      broken => {
        group(
          broken,
        ).BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess.TerminationWaitTimeInMinutes =
          2881;
      },
    );
  });

  test('watches ten alarms at most', () => {
    expectRefusal(
      'group-alarms',
      `${GROUP} watches 11 alarms, and CodeDeploy takes 10: combine some into a composite alarm`,
      broken => {
        const Alarms = Array.from({ length: 11 }, (_, index) => ({ Name: `alarm-${index}` }));
        group(broken).AlarmConfiguration = { Enabled: true, Alarms };
      },
    );
  });

  test('takes traffic back when one of its alarms rings', () => {
    expectRefusal(
      'alarms-without-rollback',
      `${GROUP} stops on an alarm and leaves traffic where it is: add DEPLOYMENT_STOP_ON_ALARM to the events of AutoRollbackConfiguration`,
      broken => {
        group(broken).AlarmConfiguration = { Enabled: true, Alarms: [{ Name: 'news-5xx' }] };
        group(broken).AutoRollbackConfiguration = { Enabled: true, Events: ['DEPLOYMENT_FAILURE'] };
      },
    );
  });

  test.each(['CodeDeployDefault.ECSLinear10PercentEvery1Minutes', { Ref: 'Own' }])(
    'shifts all at once behind a network load balancer, not by %j',
    DeploymentConfigName => {
      expectRefusal(
        'network-balancer-shift',
        `${GROUP} shifts traffic step by step behind a network load balancer, which can only shift all at once: set deployment.strategy to all-at-once, or put the service behind an application load balancer`,
        broken => {
          broken.add(NEWS, 'Own', 'AWS::CodeDeploy::DeploymentConfig', {
            TrafficRoutingConfig: { Type: 'TimeBasedCanary' },
          });
          group(broken).DeploymentConfigName = DeploymentConfigName;
          for (const colour of ['Blue', 'Green']) broken.properties(NEWS, colour).Protocol = 'TCP';
        },
      );
    },
  );
});
