using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MPCache.Transport;

/// <summary>
/// The certificate and key by which a listening party or dealer proves who it is. Whoever connects pins the certificate's SHA-256
/// thumbprint, so no authority has to be trusted and a self-signed certificate is as good as any.
/// </summary>
public sealed class TlsIdentity : IDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    private TlsIdentity(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>SHA-256 of the certificate, 64 hexadecimal digits: what the other side pins.</summary>
    public string Thumbprint => ThumbprintOf(Certificate);

    internal X509Certificate2 Certificate { get; }

    /// <summary>Makes a fresh key and a self-signed certificate for it.</summary>
    /// <param name="name">What the certificate calls its holder.</param>
    public static TlsIdentity Create(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new TlsIdentity(request.CreateSelfSigned(now.AddDays(-1), now.Add(Validity)));
    }

    /// <summary>Reads a certificate and its key from a PEM file that holds both.</summary>
    /// <exception cref="MPCacheException">The file cannot be read or does not hold both.</exception>
    public static TlsIdentity Load(string path)
    {
        try
        {
            return new TlsIdentity(X509Certificate2.CreateFromPemFile(path));
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new MPCacheException(
                $"'{path}' gives no certificate with its key: {e.Message.TrimEnd('.')}",
                "Name a PEM file that holds a certificate and its private key", e);
        }
    }

    /// <summary>Writes certificate and key to one PEM file that its owner alone may read.</summary>
    public void Save(string path)
    {
        using ECDsa key = Certificate.GetECDsaPrivateKey()
            ?? throw new InvalidOperationException("Only identities made by Create are saved; a loaded one has its file.");
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using StreamWriter writer = new(path, options);
        writer.WriteLine(Certificate.ExportCertificatePem());
        writer.WriteLine(key.ExportPkcs8PrivateKeyPem());
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    internal static string ThumbprintOf(X509Certificate certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));
}
