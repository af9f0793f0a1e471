using MPCache.Models.Generation;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Cli.Roles;

/// <summary>The server's model: from a file, or the built-in one.</summary>
/// <param name="Name">What it is called in progress reports.</param>
/// <param name="Config">Its dimensions.</param>
/// <param name="Weights">Its weights.</param>
internal sealed record ModelSource(string Name, LlamaConfig Config, LlamaWeights Weights)
{
    /// <summary>Reads the model and checks that the programs can run it; its shape, before its weights are read.</summary>
    /// <param name="path">The checkpoint, a file or a directory; null for the built-in model.</param>
    /// <exception cref="MPCacheException">The file is missing, no checkpoint, damaged, or holds a model that the programs cannot
    /// take.</exception>
    public static ModelSource Load(string? path)
    {
        LlamaCheckpoint checkpoint = path is null ? BuiltInModel.Create().Checkpoint : Read(path);
        return new ModelSource(path is null ? "the built-in model" : $"'{path}'", checkpoint.Config, CheckpointWeights.From(checkpoint));
    }

    private static LlamaCheckpoint Read(string path)
    {
        CheckpointFile file = CheckpointFile.Open(path);
        LlamaPrograms.Check(file.Config);
        return file.Load();
    }
}
