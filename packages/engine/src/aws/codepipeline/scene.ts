import type { Context } from '../../core/context.ts';
import type { ActionRun } from './action.ts';
import type { Tables } from './tables.ts';

/** What the parts of CodePipeline share. */
export interface Scene {
  context: Context;
  tables: Tables;
  /** Tells the provider of an abandoned or cancelled action to stop what nobody waits for any more. */
  abandon(run: ActionRun): void;
}
