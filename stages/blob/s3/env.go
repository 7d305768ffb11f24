package s3

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// env is what the environment says about the store. It holds no secret.
type env struct {
	address, region, profile, keys string
	get                            func(string) string
}

// String tells two environments apart, so that a process that changes its own gets another client.
func (e env) String() string {
	return strings.Join([]string{e.address, e.region, e.profile, e.keys}, "\n")
}

// environment reads the variables and the profile.
func environment(get func(string) string) env {
	e := env{get: get, profile: get("AWS_PROFILE"), keys: get("AWS_ACCESS_KEY_ID")}
	if e.profile == "" {
		e.profile = "default"
	}
	conf := section(configFile(get), e.profile)
	e.address = first(get("AWS_ENDPOINT_URL_S3"), get("AWS_ENDPOINT_URL"), conf["endpoint_url"], Amazon)
	e.region = first(get("AWS_REGION"), get("AWS_DEFAULT_REGION"), conf["region"])
	e.address = strings.TrimSuffix(e.address, "/")
	return e
}

// providers are where credentials may come from, in this order.
func (e env) providers() []credentials.Provider {
	list := []credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}
	if f := configFile(e.get); f != "" {
		list = append(list, &credentials.FileAWSCredentials{Filename: f, Profile: configSection(e.profile)})
	}
	return append(list, metadata(e.get)...)
}

// configFile is where the profiles' settings lie.
func configFile(get func(string) string) string {
	if f := get("AWS_CONFIG_FILE"); f != "" {
		return f
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".aws", "config")
}

// configSection is the name of a profile's section in the file of settings.
func configSection(profile string) string {
	if profile == "default" {
		return profile
	}
	return "profile " + profile
}

// section reads one profile of a file of settings; a file that cannot be read has none.
func section(file, profile string) map[string]string {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	values, here := map[string]string{}, false
	for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
		line := strings.TrimSpace(sc.Text())
		if name, ok := strings.CutPrefix(line, "["); ok {
			here = strings.TrimSpace(strings.TrimSuffix(name, "]")) == configSection(profile)
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && here {
			values[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return values
}

// first returns the first that is not empty.
func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
