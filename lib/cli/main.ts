#!/usr/bin/env node
// Entry of the `tidewatch` command. The exit code is set, not forced: what is still being written gets out.
import { runCli } from './program.ts';

process.exitCode = await runCli(process.argv.slice(2));
