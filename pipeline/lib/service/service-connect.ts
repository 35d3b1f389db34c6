import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { Fn } from 'aws-cdk-lib/core';
import type { ServicePlace } from './service-place.ts';

/** Where other services that ECS controls reach a service by its name alone: `http://news/news/…`. */
export const SERVICE_CONNECT_PORT = 80;
/** The name of the port that a service listens on, in its task definition. */
export const PORT_NAME = 'http';

/**
 * The names by which services reach each other without the balancer: each is found, and finds the others, in the
 * namespace of its environment. Only for services that ECS controls: CodeDeploy shifts no traffic but the balancer's.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
 */
export function serviceConnect({
  names,
  service,
  environment,
}: ServicePlace): ecs.CfnService.ServiceConnectConfigurationProperty {
  return {
    enabled: true,
    namespace: Fn.importValue(names.exports(environment.name).namespace),
    services: [
      {
        portName: PORT_NAME,
        discoveryName: service.name,
        clientAliases: [{ dnsName: service.name, port: SERVICE_CONNECT_PORT }],
      },
    ],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': names.deployed(service.name, environment.name).logGroup,
        'awslogs-region': environment.region,
        'awslogs-stream-prefix': 'service-connect',
      },
    },
  };
}
