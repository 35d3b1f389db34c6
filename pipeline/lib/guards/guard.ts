import { appSpecGuards } from './app-spec.ts';
import { assetGuards } from './assets.ts';
import { controllerGuards } from './controller.ts';
import { deploymentGroupGuards } from './deployment-group.ts';
import { type Finding, type Guard, locate } from './finding.ts';
import { functionGuards } from './functions.ts';
import { listenerGuards } from './listeners.ts';
import { logGuards } from './logs.ts';
import { nameGuards } from './names.ts';
import { pipelineGuards } from './pipelines.ts';
import { retentionGuards } from './retention.ts';
import { roleGuards } from './roles.ts';
import { readSynthesized } from './synthesized.ts';
import { templateGuards } from './templates.ts';

/** What AWS would refuse late, or accept and silently break. */
export const guards: readonly Guard[] = [
  ...controllerGuards,
  ...appSpecGuards,
  ...deploymentGroupGuards,
  ...listenerGuards,
  ...pipelineGuards,
  ...templateGuards,
  ...assetGuards,
  ...functionGuards,
  ...roleGuards,
  ...nameGuards,
  ...logGuards,
  ...retentionGuards,
];

/** Judges what synthesis wrote into a folder: the templates and the files of the releases. */
export function guard(out: string): Finding[] {
  const synthesized = readSynthesized(out);
  return guards.flatMap(({ id, check }) => check(synthesized).map(each => locate(id, each)));
}
