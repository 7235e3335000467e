# shellcheck shell=sh
# relx's releases by commands of deploy.ini.
settings() {
	cat <<-'EOF'
		command.start     = ./bin/hotcode daemon
		command.stop      = ./bin/hotcode stop
		command.upgrade   = ./bin/hotcode unpack {version} && ./bin/hotcode-{version} ping && ./bin/hotcode upgrade {version}
		command.downgrade = ./bin/hotcode downgrade {version}
	EOF
}
