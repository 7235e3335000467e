# The SPDX document of sbom.sh. libraries: a line for each, source package,
# version, license and linked files; patches: SHA1, SHA256 and name.

def rows: split("\n") | map(select(. != ""));
def id: gsub("[^A-Za-z0-9.-]"; "-");

($libraries | rows | map(split("\t") | {
	id: "SPDXRef-Package-\(.[0] | id)",
	source: .[0], version: .[1], license: .[2], linked: .[3]
})) as $libraries |
($patches | rows | map(split(" ") | {
	id: "SPDXRef-File-\(.[2] | id)", sha1: .[0], sha256: .[1], name: .[2]
})) as $patches |
{
	spdxVersion: "SPDX-2.3",
	dataLicense: "CC0-1.0",
	SPDXID: "SPDXRef-DOCUMENT",
	name: "hdeploy-\($version)-linux-\($arch)",
	documentNamespace:
	    "https://spdx.org/spdxdocs/hdeploy-\($version)-\($sha256)",
	creationInfo: { created: $created, creators: ["Tool: hdeploy-sbom"] },
	documentDescribes: ["SPDXRef-Package-hdeploy"],
	packages: ([{
		SPDXID: "SPDXRef-Package-hdeploy",
		name: "hdeploy",
		versionInfo: $version,
		packageFileName: "hdeploy",
		primaryPackagePurpose: "APPLICATION",
		downloadLocation: "NOASSERTION",
		filesAnalyzed: false,
		checksums: [{ algorithm: "SHA256", checksumValue: $sha256 }],
		licenseConcluded: "MIT",
		licenseDeclared: "MIT",
		copyrightText: "2026 the hdeploy authors"
	}] + ($libraries | map({
		SPDXID: .id,
		name: .source,
		versionInfo: .version,
		sourceInfo: "linked: \(.linked)",
		primaryPackagePurpose: "LIBRARY",
		downloadLocation: "NOASSERTION",
		filesAnalyzed: false,
		licenseConcluded: .license,
		licenseDeclared: .license,
		copyrightText: "NOASSERTION",
		externalRefs: [{
			referenceCategory: "PACKAGE-MANAGER",
			referenceType: "purl",
			referenceLocator: (if .version | startswith("folder:") then
				"pkg:generic/\(.source)@\(.version[7:] | @uri)"
			else
				"pkg:deb/\($vendor)/\(.source)@\(.version | @uri)?arch=source"
			end)
		}]
	}))),
	files: ($patches | map({
		SPDXID: .id,
		fileName: "./\(.name)",
		fileTypes: ["SOURCE"],
		checksums: [
			{ algorithm: "SHA1", checksumValue: .sha1 },
			{ algorithm: "SHA256", checksumValue: .sha256 }
		],
		licenseConcluded: "NOASSERTION",
		licenseInfoInFiles: ["NOASSERTION"],
		copyrightText: "NOASSERTION"
	})),
	relationships: ([{
		spdxElementId: "SPDXRef-DOCUMENT",
		relationshipType: "DESCRIBES",
		relatedSpdxElement: "SPDXRef-Package-hdeploy"
	}] + ($libraries | map({
		spdxElementId: "SPDXRef-Package-hdeploy",
		relationshipType: "STATIC_LINK",
		relatedSpdxElement: .id
	})) + ($patches | map({
		spdxElementId: .id,
		relationshipType: "PATCH_APPLIED",
		relatedSpdxElement: "SPDXRef-Package-libssh2"
	})))
}
