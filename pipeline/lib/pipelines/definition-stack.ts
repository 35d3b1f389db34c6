import type { Contract, Environments } from '@slipway/contract';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Lazy, Stack, type StackProps, Stage } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { definitionOf } from '../service/release-files.ts';

export interface DefinitionStackProps extends StackProps {
  readonly names: Names;
  readonly environments: Environments;
  readonly services: readonly Contract[];
  /** The hash of everything that defines the pipelines. */
  readonly definition: string;
  /** The hash of what the platform itself is made of. */
  readonly platform: string;
}

/**
 * What is rolled out: the hash of the whole definition, of its part without the services and, for each service, of what the definition makes of it in
 * each environment. It is deployed after everything else, so a definition that was rolled out by half still counts as
 * changed at the next push. It is synthesized last as well: it reads the templates of the services.
 */
export class DefinitionStack extends Stack {
  constructor(scope: Construct, id: string, props: DefinitionStackProps) {
    super(scope, id, props);
    const { names, environments, services, definition, platform } = props;
    new ssm.CfnParameter(this, 'Definition', {
      name: names.definitionParameter,
      type: 'String',
      value: definition,
      description: 'Hash of the definition of the pipelines that is rolled out',
    });
    new ssm.CfnParameter(this, 'Platform', {
      name: names.platformParameter,
      type: 'String',
      value: platform,
      description: 'Hash of the definition of the platform, without the services, that is rolled out',
    });
    const out = Stage.of(this)!.outdir;
    for (const service of services) {
      const definitions = () =>
        environments.environments.map(environment => {
          const placement = {
            names: names.at(environment),
            service,
            environment,
            architecture: environments.architecture,
          };
          return [environment.name, definitionOf(placement, out)];
        });
      new ssm.CfnParameter(this, `Definition-${service.name}`, {
        name: `${names.definitionParameter}/${service.name}`,
        type: 'String',
        value: Lazy.uncachedString({
          produce: ({ preparing }) => (preparing ? '' : JSON.stringify(Object.fromEntries(definitions()))),
        }),
        description: `Hash of what the definition makes of ${service.name}, by environment`,
      });
    }
  }
}
