import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { hasData } from '../pipelines/blueprint.ts';
import { serviceTags, tagsOf } from '../tags.ts';
import { platformVersionOf, strategyOf } from './capacity.ts';
import { asTags, type Placement, releaseTaskDefinition, seedTaskDefinition } from './task-definition.ts';

/** The names and texts of the files that a release takes in one environment. */
export function releaseFiles(placement: Placement, out: string): Record<string, string> {
  return render(placement, definitionOf(placement, out));
}

/**
 * The hash of all that the definition makes of a service in an environment: its stacks and the files of a release, as
 * far as they are not the commit's or the image's. A release carries it into its task definition, so what is live
 * tells by which definition it was made. `out` holds the templates already.
 *
 * @returns 32 hexadecimal digits
 */
export function definitionOf(placement: Placement, out: string): string {
  const { names, service, environment } = placement;
  const stacks = [
    names.stacks.service(service.name, environment.name),
    ...(hasData(service) ? [names.stacks.data(service.name, environment.name)] : []),
  ];
  const hash = createHash('sha256');
  for (const stack of stacks) hash.update(readFileSync(join(out, `${stack}.template.json`)));
  for (const text of Object.values(render(placement, ''))) hash.update(text);
  return hash.digest('hex').slice(0, 32);
}

function render(placement: Placement, definition: string): Record<string, string> {
  const { names, service, environment } = placement;
  const tags = tagsOf(serviceTags(names.repository, service, environment.environment));
  const taskDefinition = releaseTaskDefinition(placement, { tags, definition });
  const json = (file: object) => `${JSON.stringify(file, null, 2)}\n`;
  return {
    'taskdef.json': json(taskDefinition),
    ...(service.deployment.controller === 'codedeploy'
      ? { 'appspec.yaml': appSpec(placement) }
      : { 'seed.json': json({ ...seedTaskDefinition(placement), tags: asTags(tags) }) }),
  };
}

/**
 * CodeDeploy forgets the capacity providers of a service unless the AppSpec repeats them, so they always stand
 * here, as does the platform version of Fargate. Never the network configuration: it is all or none, its ids are unknown at
 * synthesis, and without it the service's own is used.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
function appSpec({ names, service, environment }: Placement): string {
  const platformVersion = platformVersionOf(environment);
  const content = stringify({
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: '<TASK_DEFINITION>',
            LoadBalancerInfo: { ContainerName: service.name, ContainerPort: service.port },
            ...(platformVersion && { PlatformVersion: platformVersion }),
            CapacityProviderStrategy: strategyOf(names, environment).map(item => ({
              CapacityProvider: item.capacityProvider,
              Base: item.base,
              Weight: item.weight,
            })),
          },
        },
      },
    ],
    Hooks: [{ AfterAllowTestTraffic: names.check(environment.name).name }],
  });
  return `version: 0.0\n${content}`;
}
