import type { Store } from './store.ts';

/**
 * Resolves with the first value of `condition` that is not undefined, asked now and after every committed change.
 * For resource handlers that answer only when something is steady; rejects with what `condition` throws.
 */
export function until<T>(store: Store, condition: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let unsubscribe = (): void => {};
    const ask = (): boolean => {
      try {
        const value = condition();
        if (value === undefined) return false;
        resolve(value);
      } catch (error) {
        reject(error);
      }
      unsubscribe();
      return true;
    };
    if (!ask()) unsubscribe = store.onCommit(ask);
  });
}
