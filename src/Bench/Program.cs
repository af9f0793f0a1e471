System.Console.WriteLine(MPCache.Bench.Programs.AttentionLayer.FullProgram.Interface.Plan.Nodes.Count);
