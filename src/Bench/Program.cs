using MPCache.Bench;
using MPCache.Cli;

return await BenchCommandLine.RunAsync(args, CommandConsole.OfProcess());
