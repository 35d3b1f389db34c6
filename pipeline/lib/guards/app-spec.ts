import type { Guard, Objection } from './finding.ts';
import {
  type Found,
  find,
  type Properties,
  type Synthesized,
  type SynthesizedRelease,
} from './synthesized.ts';

/**
 * CodeDeploy makes each new task set of what the AppSpec says, and of nothing that the service says besides it.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
export const appSpecGuards: readonly Guard[] = [
  {
    id: 'appspec-capacity',
    check: synthesized =>
      perRelease(synthesized, (target, service) => {
        const providers = providersOf(service.properties);
        if (providers.length === 0 || target.CapacityProviderStrategy !== undefined) return [];
        return `does not repeat the capacity providers of ${service.stack.name}/${service.logicalId} (${providers.join(', ')}), and CodeDeploy forgets those that it does not name: write CapacityProviderStrategy into it`;
      }),
  },
  {
    id: 'appspec-network',
    check: synthesized =>
      perRelease(synthesized, target => {
        if (target.NetworkConfiguration === undefined) return [];
        return `has a NetworkConfiguration, which must then name every subnet and security group by ids that synthesis cannot know: remove it, and CodeDeploy uses the service's own`;
      }),
  },
  {
    id: 'appspec-container',
    check: synthesized =>
      perRelease(synthesized, (target, service) => {
        const { ContainerName, ContainerPort } = target.LoadBalancerInfo ?? {};
        const balancers: Properties[] = service.properties.LoadBalancers ?? [];
        const fits = balancers.some(
          each => each.ContainerName === ContainerName && each.ContainerPort === ContainerPort,
        );
        if (fits || balancers.length === 0) return [];
        const [wanted] = balancers;
        return `sends traffic to ${ContainerName}:${ContainerPort}, and ${service.stack.name}/${service.logicalId} has ${wanted.ContainerName}:${wanted.ContainerPort}: write the service's container and port into LoadBalancerInfo`;
      }),
  },
];

type Judge = (target: Properties, service: Found) => string | string[];

/** Each release beside the service that CodeDeploy deploys it to: the one of the same task definition family. */
function perRelease(synthesized: Synthesized, judge: Judge): Objection[] {
  const services = find(synthesized, 'AWS::ECS::Service');
  return synthesized.releases.flatMap(release => {
    const service = services.find(
      ({ properties }) =>
        properties.DeploymentController?.Type === 'CODE_DEPLOY' &&
        properties.TaskDefinition === release.taskDefinition.family,
    );
    if (service === undefined) return [];
    return targets(release).flatMap(target =>
      [judge(target, service)]
        .flat()
        .map(message => ({ path: `${release.folder}/appspec.yaml`, service: release.service, message })),
    );
  });
}

function targets({ appSpec }: SynthesizedRelease): Properties[] {
  const resources: Properties[] = Array.isArray(appSpec?.Resources) ? appSpec.Resources : [];
  return resources.map(each => each?.TargetService?.Properties ?? {});
}

function providersOf({ CapacityProviderStrategy }: Properties): string[] {
  const strategy: Properties[] = Array.isArray(CapacityProviderStrategy) ? CapacityProviderStrategy : [];
  return strategy.map(({ CapacityProvider }) =>
    typeof CapacityProvider === 'string' ? CapacityProvider : JSON.stringify(CapacityProvider),
  );
}
