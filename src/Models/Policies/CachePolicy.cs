using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>
/// Which cached tokens a generation keeps and attends to: the programs that it is made of and, from public lengths alone, the order in which
/// they are called. Which tokens a policy selects is secret; how many is not.
/// </summary>
public abstract class CachePolicy
{
    private static readonly IReadOnlyDictionary<string, Func<PolicyText, CachePolicy>> Kinds =
        new SortedDictionary<string, Func<PolicyText, CachePolicy>>(StringComparer.Ordinal)
        {
            ["full"] = _ => new FullPolicy(),
            ["mpcache"] = text => new MPCachePolicy(text),
            ["streaming"] = text => new StreamingPolicy(text),
            ["h2o"] = text => new HeavyHitterPolicy(text),
            ["tova"] = text => new TovaPolicy(text),
            ["snapkv"] = text => new SnapKvPolicy(text),
            ["quest"] = text => new QuestPolicy(text),
            ["toptokens"] = text => new TopTokensPolicy(text),
        };

    /// <summary>The names of all policies.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Keys];

    /// <summary>The policy's name.</summary>
    public abstract string Name { get; }

    /// <summary>The states that a generation needs, in the order in which calls number them.</summary>
    public virtual IReadOnlyList<StateSchema> States => [KeyValueCacheSchema.Instance];

    /// <summary>Sizes of the states beyond the model's.</summary>
    /// <param name="config">The model.</param>
    public virtual IReadOnlyDictionary<string, long> StateSizes(LlamaConfig config) => new Dictionary<string, long>();

    /// <summary>Its options, every one with its value, as <see cref="Read"/> takes them.</summary>
    protected abstract IReadOnlyList<(string Key, string Value)> Options { get; }

    /// <summary>Reads a policy: its name, then options as <c>key=value</c>, separated by spaces.</summary>
    /// <param name="text">The text; it may come from a peer.</param>
    /// <exception cref="MPCacheException">There is no such policy or option, or a value is not allowed.</exception>
    public static CachePolicy Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        PolicyText options = new(text);
        if (!Kinds.TryGetValue(options.Name, out Func<PolicyText, CachePolicy>? make))
        {
            throw new MPCacheException($"there is no cache policy '{options.Name}'", $"Use one of {string.Join(", ", Names)}");
        }

        CachePolicy policy = make(options);
        options.End();
        return policy;
    }

    /// <summary>The policy with all its options, as <see cref="Read"/> takes it.</summary>
    public string Write() => string.Join(' ', Options.Select(o => $"{o.Key}={o.Value}").Prepend(Name));

    /// <inheritdoc/>
    public override string ToString() => Write();

    /// <summary>The text with those options alone that differ from the defaults.</summary>
    public string Brief() => string.Join(' ', Options.Except(Read(Name).Options).Select(o => $"{o.Key}={o.Value}").Prepend(Name));

    /// <summary>All calls of a generation in order.</summary>
    /// <param name="config">The model.</param>
    /// <param name="lengths">Of the prompt, of its chunks, and of what is generated.</param>
    /// <exception cref="MPCacheException">The policy does not fit the model or the prompt.</exception>
    public IReadOnlyList<PolicyCall> Schedule(LlamaConfig config, GenerationLengths lengths)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(lengths);
        Check(config, lengths.Prompt);
        return
        [
            .. Prompt(lengths),
            .. Enumerable.Range(0, lengths.Tokens - 1).SelectMany(step => Step(config, lengths.Prompt, step)),
        ];
    }

    /// <summary>Tokens of the prompt that stay in the cache, a layer and key-value head.</summary>
    /// <param name="prompt">Tokens of the prompt.</param>
    public virtual int Kept(int prompt) => prompt;

    /// <summary>Checks the policy against a model and a prompt, before anything is sent.</summary>
    /// <param name="config">The model.</param>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <exception cref="MPCacheException">It does not fit.</exception>
    protected virtual void Check(LlamaConfig config, int prompt)
    {
    }

    /// <summary>The calls that read the prompt; the last one gives the first token.</summary>
    /// <param name="lengths">Of the prompt and its chunks.</param>
    protected virtual IEnumerable<PolicyCall> Prompt(GenerationLengths lengths) => Reading(Llama.PrefillProgram, lengths, 1);

    /// <summary>The calls of a decoding step; the last one gives the token.</summary>
    /// <param name="config">The model.</param>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="step">The step, from 0.</param>
    protected abstract IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step);

    /// <summary>Calls that read a prompt into the first state, chunk by chunk and as evenly as can be.</summary>
    /// <param name="last">The program for the last chunk, which gives a token.</param>
    /// <param name="lengths">Of the prompt and its chunks.</param>
    /// <param name="least">The fewest tokens that the last chunk has; at most the prompt.</param>
    /// <param name="sizes">Further dimensions of the last call.</param>
    private protected static IEnumerable<PolicyCall> Reading(
        CompiledProgram last, GenerationLengths lengths, int least, params (string Name, long Size)[] sizes) =>
        Reading(Llama.PrefillPartProgram, last, lengths, least, sizes);

    /// <summary>The same with another program for all chunks but the last.</summary>
    /// <param name="part">The program for them.</param>
    /// <param name="last">The program for the last chunk, which gives a token.</param>
    /// <param name="lengths">Of the prompt and its chunks.</param>
    /// <param name="least">The fewest tokens that the last chunk has; at most the prompt.</param>
    /// <param name="sizes">Further dimensions of the last call.</param>
    private protected static IEnumerable<PolicyCall> Reading(
        CompiledProgram part, CompiledProgram last, GenerationLengths lengths, int least, params (string Name, long Size)[] sizes)
    {
        int rows = Math.Max(least, Even(lengths.Prompt, lengths.Chunk));
        int before = lengths.Prompt - rows;
        for (int read = 0; read < before;)
        {
            int chunk = Even(before - read, lengths.Chunk);
            yield return new PolicyCall(part, [0], With([], ("rows", chunk), ("tokens", read))) { Reads = chunk };
            read += chunk;
        }

        yield return new PolicyCall(last, [0], With(sizes, ("rows", rows), ("tokens", before))) { Reads = rows, GivesToken = true };

        // The first of as few chunks as there can be.
        static int Even(int tokens, int longest)
        {
            int chunks = (tokens + longest - 1) / longest;
            return (tokens + chunks - 1) / chunks;
        }
    }

    /// <summary>A decoding step.</summary>
    /// <param name="program">The program.</param>
    /// <param name="cached">Tokens in the cache before.</param>
    /// <param name="position">Tokens read before.</param>
    /// <param name="attended">Tokens to which each layer attends.</param>
    /// <param name="sizes">Further dimensions.</param>
    private protected static PolicyCall Decoding(
        CompiledProgram program, int cached, int position, IReadOnlyList<int> attended, params (string Name, long Size)[] sizes) =>
        new(program, [0], With(sizes, ("tokens", cached), ("position", position)))
        {
            Reads = 1, GivesToken = true, Attended = attended,
        };

    /// <summary>The same in every layer.</summary>
    private protected static IReadOnlyList<int> Everywhere(LlamaConfig config, int tokens) =>
        [.. Enumerable.Repeat(tokens, config.Layers)];

    private protected static Dictionary<string, long> With((string Name, long Size)[] sizes, params (string Name, long Size)[] more) =>
        sizes.Concat(more).ToDictionary(s => s.Name, s => s.Size);
}
