#!/usr/bin/env node
// Entry of the `tidewatch` command. The exit code is set, not forced: what is still being written gets out.
import { runCli } from './program.ts';

// Whoever reads may stop, such as `head`; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2));
