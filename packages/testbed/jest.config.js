import base from '../../jest.config.base.js';

/**
 * The story of pushes takes longest, and much of it is waiting: all others run beside it. Each has ports, a state and a
 * checkout of its own.
 */
export default { ...base, maxWorkers: 2, testSequencer: '<rootDir>/sequencer.js' };
