using MPCache.Cli;

return await CommandLine.RunAsync(args, CommandConsole.OfProcess());
