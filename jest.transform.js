import { stripTypeScriptTypes } from 'node:module';
import instrument from 'istanbul-lib-instrument';

let instrumenter;

/**
 * Has jest run TypeScript as Node does, with its types stripped and every line where it was, and count what tests reach
 * where coverage is collected. https://jestjs.io/docs/code-transformation#writing-custom-transformers
 */
export default {
  canInstrument: true,
  process(source, path, options) {
    const code = stripTypeScriptTypes(source);
    if (!options.instrument) return { code };
    instrumenter ??= instrument.createInstrumenter({ esModules: true });
    return { code: instrumenter.instrumentSync(code, path) };
  },
};
