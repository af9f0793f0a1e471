using MPCache.Models.Generation;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Cli.Roles;

/// <summary>The server's model.</summary>
/// <param name="Name">What it is called in progress reports.</param>
/// <param name="Config">Its dimensions.</param>
/// <param name="Weights">Its weights.</param>
internal sealed record ModelSource(string Name, LlamaConfig Config, LlamaWeights Weights)
{
    /// <summary>What names the model whose weights are computed in code, and its tokenizer.</summary>
    public const string BuiltIn = "built-in";

    /// <summary>Reads the model and checks that the programs can run it; its shape, before its weights are read.</summary>
    /// <param name="path">The checkpoint, a file or a directory; <see cref="BuiltIn"/>; null for the shipped model.</param>
    /// <exception cref="MPCacheException">The file is missing, no checkpoint, damaged, or holds a model that the programs cannot
    /// take.</exception>
    public static ModelSource Load(string? path)
    {
        (string name, LlamaCheckpoint checkpoint) = path switch
        {
            null => ("the shipped model", Read(ShippedModel.Directory)),
            BuiltIn => ("the built-in model", BuiltInModel.Create().Checkpoint),
            _ => ($"'{path}'", Read(path)),
        };
        return new ModelSource(name, checkpoint.Config, CheckpointWeights.From(checkpoint));
    }

    private static LlamaCheckpoint Read(string path)
    {
        CheckpointFile file = CheckpointFile.Open(path);
        LlamaPrograms.Check(file.Config);
        return file.Load();
    }
}
