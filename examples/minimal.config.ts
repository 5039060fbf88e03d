// The smallest configuration: every default.
import { defineTidewatch } from '../lib/config/define.ts';

export default defineTidewatch({});
