import type { IAction } from 'aws-cdk-lib/aws-codepipeline';
import type { Spot } from '../names.ts';

/**
 * The same action in another account or region. Most actions of CDK are told where they happen; CodeDeploy's follows its
 * deployment group, and one that is imported by name counts as of the pipeline's own stack.
 */
export function elsewhere(action: IAction, { account, region }: Spot): IAction {
  const { resource: _, ...properties } = action.actionProperties;
  return {
    actionProperties: { ...properties, account, region },
    bind: (scope, stage, options) => action.bind(scope, stage, options),
    onStateChange: (name, target, options) => action.onStateChange(name, target, options),
  };
}
