# Completion of hdeploy(1) for fish. hdeploy itself knows the candidates.

function __hdeploy_candidates
    set -l token (commandline -ct)
    set -l words (commandline -opc) $token
    # the part of --file=NAME that is not a file name
    set -l before (string match -r -- '^--[^=]*=' $token)
    set -l typed (string replace -r -- '^--[^=]*=' '' $token)

    for line in (command hdeploy complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                for name in (__fish_complete_path $typed)
                    echo -- "$before$name"
                end
            case ':folders'
                for name in (__fish_complete_directories $typed)
                    echo -- "$before$name"
                end
            case '*'
                echo -- $line
        end
    end
end

complete -c hdeploy -f -a '(__hdeploy_candidates)'
