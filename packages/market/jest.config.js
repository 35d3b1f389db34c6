import base, { covered } from '../../jest.config.base.js';

export default { ...base, ...covered };
