using System;
using MPCache.Programs.Aot;

await Residual.PrintAsync(Console.Out);
