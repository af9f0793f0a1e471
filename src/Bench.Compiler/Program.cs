using MPCache.Bench.Compiler;
using MPCache.Cli;

return await CompilerCommandLine.RunAsync(args, CommandConsole.OfProcess());
