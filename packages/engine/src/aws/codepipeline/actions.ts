import type { Controller } from '../../core/controllers.ts';
import { AwsError, messageOf } from '../../core/errors.ts';
import type { ActionRun } from './action.ts';
import { type Outcome, recordOutcome } from './complete-action.ts';
import { providerOf } from './declaration.ts';
import type { Scene } from './scene.ts';

/** Carries out actions of one type. */
export interface Provider {
  /**
   * One step: starts the action by its key as token, or looks how it does. Called again after every commit and after
   * a crash, so it must do its effects once per key. An AwsError fails the action.
   */
  step(run: ActionRun): Promise<Outcome>;
  /** Stops what an abandoned action has started. */
  abandon?(run: ActionRun): void;
}

/** A fault that is no answer of AWS is tried again this often before the action fails of it. */
const MOST_FAULTS = 3;

/** Starts the actions that are to run and looks after those that do. */
export function actionController(scene: Scene, providers: Record<string, Provider>): Controller {
  const { tables } = scene;
  const faults = new Map<string, number>();
  const carryOut = async (run: ActionRun): Promise<Outcome> => {
    try {
      const outcome = await providers[providerOf(run.declaration)]!.step(run);
      faults.delete(run.key);
      return outcome;
    } catch (error) {
      if (error instanceof AwsError)
        return { state: 'Failed', code: 'JobFailed', message: `${error.message} (${error.code})` };
      const count = (faults.get(run.key) ?? 0) + 1;
      faults.set(run.key, count);
      if (count < MOST_FAULTS) throw error;
      faults.delete(run.key);
      return { state: 'Failed', code: 'SystemUnavailable', message: messageOf(error) };
    }
  };
  return {
    name: 'codepipeline-actions',
    active: () => tables.running.keys(),
    step: async key => {
      const run = tables.actions.get(key);
      if (run?.status !== 'InProgress') {
        tables.running.delete(key);
        return;
      }
      const outcome = await carryOut(run);
      const recorded = recordOutcome(scene, key, outcome);
      if (!recorded && outcome.externalId) scene.abandon({ ...run, externalId: outcome.externalId });
      return outcome.state === 'InProgress' ? outcome.again : undefined;
    },
  };
}
